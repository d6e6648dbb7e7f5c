"""The truths of the false-alarm table, with the first edition's shares beside them."""

from tests.yardsticks.country import (
    Null,
    draw_events,
    draw_households,
    draw_own_clusters,
    draw_persons,
    draw_staying,
)

#: What is promised where years swing by themselves: trends at 150 000 residents, of swings that do not last.
SWINGS = (None, None)


def _review(rest: str, peers: str, trend: str) -> dict[str, list[float]]:
    rows = {"rest": rest, "peers": peers, "trend": trend}
    return {name: [float(item) for item in row.split("/")] for name, row in rows.items()}


NULLS = (
    Null(
        "persons, 15 per cent",
        draw_persons(0.15),
        "proportion",
        review=_review("4.8/4.8/4.7/4.9", "4.9/5.0/5.1/5.0", "0.26/0.19/0.19/0.17"),
    ),
    Null(
        "persons, 2 per cent",
        draw_persons(0.02),
        "proportion",
        review=_review("4.4/4.8/4.6/5.1", "5.0/5.0/5.1/5.0", "0.21/0.20/0.22/0.21"),
    ),
    Null(
        "persons, 20 per 1 000",
        draw_events(0.02),
        "rate",
        review=_review("3.3/4.0/4.3/4.8", "3.4/4.0/4.8/4.7", "0.18/0.19/0.21/0.17"),
    ),
    Null(
        "persons, 2 per 1 000",
        draw_events(0.002),
        "rate",
        review=_review("1.4/3.2/3.8/4.3", "1.4/2.5/4.1/4.5", "0.06/0.14/0.18/0.15"),
    ),
    Null(
        "independent events",
        draw_events(0.02),
        "rate",
        "events",
        review=_review("2.8/3.4/3.6/2.9", "2.8/3.4/3.9/2.2", "0.13/0.13/0.16/0.06"),
    ),
    Null(
        "events, dispersion 3",
        draw_events(0.02, 3.0),
        "rate",
        "events",
        review=_review("2.2/2.9/3.6/3.3", "2.1/3.0/3.8/2.2", "0.16/0.14/0.15/0.06"),
    ),
    Null(
        "events, dispersion 6",
        draw_events(0.02, 6.0),
        "rate",
        "events",
        review=_review("1.8/2.3/3.4/2.8", "1.9/2.4/3.6/2.2", "0.11/0.12/0.17/0.07"),
    ),
    Null(
        "events, dispersion 1.5 to 6.5 by area",
        draw_own_clusters(0.02, 1.5, 6.5),
        "rate",
        "events",
        levels=(0.065, 0.006),
        review=_review("3.5/4.0/4.1/2.9", "3.7/4.1/4.3/2.7", "0.33/0.33/0.31/0.19"),
    ),
    Null(
        "events, dispersion 0.93 mean^0.31",
        draw_events(0.02, lambda mean: 0.93 * mean**0.31),
        "rate",
        "events",
        review={"rest": [0.6, 1.7, 2.4, 0.1]},
    ),
    Null(
        "households of 2, design effect 2",
        draw_households(0.15, 2),
        "proportion",
        design_effect=2.0,
        review=_review("15.9/16.3/15.8/16.6", "16.5/16.6/16.6/16.6", "2.81/2.84/2.81/2.77"),
    ),
    Null(
        "households of 3, design effect 3",
        draw_households(0.15, 3),
        "proportion",
        design_effect=3.0,
        review=_review("25.3/25.4/24.9/25.3", "25.8/25.8/25.7/25.9", "7.19/7.07/7.22/7.41"),
    ),
    Null(
        "the same persons stay, 0.3",
        draw_staying(0.15, 0.3),
        "proportion",
        levels=(0.065, 0.008),
        review=_review("4.8/4.8/4.5/4.7", "4.8/4.9/4.9/4.8", "0.43/0.45/0.46/0.41"),
    ),
    Null(
        "the same persons stay, 0.6",
        draw_staying(0.15, 0.6),
        "proportion",
        levels=(0.065, 0.008),
        review=_review("4.8/4.8/4.6/5.0", "4.9/5.0/4.9/5.2", "0.37/0.35/0.34/0.41"),
    ),
    Null(
        "own swings of 5 per cent, 0.3",
        draw_persons(0.15, 0.05, 0.3),
        "proportion",
        levels=SWINGS,
        large_trends=0.02,
        review=_review("7.1/11.3/42.8/67.5", "7.3/10.4/40.5/74.0", "0.45/1.33/20.99/47.97"),
    ),
    Null(
        "own swings of 5 per cent, 0.6",
        draw_persons(0.15, 0.05, 0.6),
        "proportion",
        levels=SWINGS,
        review=_review("7.1/11.2/42.7/67.8", "7.1/10.4/40.5/73.9", "0.42/1.19/20.66/53.07"),
    ),
    Null(
        "own swings of 10 per cent, 0.6",
        draw_persons(0.15, 0.1, 0.6),
        "proportion",
        levels=SWINGS,
        review=_review("13.7/27.2/67.3/83.3", "12.9/24.5/65.5/87.3", "1.72/7.59/45.08/60.07"),
    ),
    Null(
        "one national swing of 10 per cent, 0.6",
        draw_persons(0.15, 0.1, 0.6, is_common=True),
        "proportion",
        levels=(0.065, None),
        review=_review("4.8/4.9/4.6/5.0", "4.9/5.0/5.0/5.2", "2.10/7.66/45.20/60.49"),
    ),
    Null(
        "events, own swings of 20 per cent, 0.3",
        draw_events(0.02, sd=0.2, rho=0.3),
        "rate",
        "events",
        levels=SWINGS,
        large_trends=0.02,
        review=_review("1.8/2.2/2.1/1.4", "1.6/1.7/1.4/1.6", "0.29/0.64/1.10/1.15"),
    ),
    Null(
        "events, own swings of 20 per cent, 0.6",
        draw_events(0.02, sd=0.2, rho=0.6),
        "rate",
        "events",
        levels=SWINGS,
        review=_review("3.9/6.0/8.0/6.8", "3.3/5.1/6.6/7.4", "0.53/1.70/4.67/5.13"),
    ),
    Null(
        "random walk of 3 per cent a year",
        draw_persons(0.15, 0.03, 1.0),
        "proportion",
        levels=SWINGS,
        review=_review("9.0/16.3/54.2/74.8", "8.4/15.0/51.9/79.4", "0.38/0.91/17.57/55.33"),
    ),
)
#: Mann-Kendall of ten values: the review's share in per cent by the correlation of successive years.
VALUES = {0.0: 0.10, 0.3: 0.39, 0.6: 2.1, 0.9: 10.4, 1.0: 16.8}
#: A rate 1.3 times the others': told in the first edition, and by a method that knew the truth.
POWER = {"ratio": 1.3, "review": [0.05, 0.12, 0.46, 0.67], "ideal": [0.17, 0.26, 0.71, 1.00]}
