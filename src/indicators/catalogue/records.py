"""Typed records of the declared data; unknown keys and wrong types are refused.

Each record mirrors one entry of a YAML file in ``data/``. What belongs together across files is checked
in `indicators.catalogue.crosscheck`, not here.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from indicators.catalogue.plaintext import refuse_control
from indicators.model import SOURCES, Direction, Language, Level, Sex

MunicipalityCode = Annotated[str, Field(pattern=r"^\d{3}$")]
RegionCode = Annotated[str, Field(pattern=r"^MK\d{2}$")]
CountyCode = Annotated[str, Field(pattern=r"^HVA\d{2}$")]
GoalId = Annotated[str, Field(pattern=r"^\d\.\d$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
IndicatorId = Annotated[str, Field(pattern=rf"^({'|'.join(SOURCES.values())}):[a-z0-9_-]+$")]
Text = Annotated[str, Field(min_length=1), AfterValidator(refuse_control)]
Year = Annotated[int, Field(ge=1900, le=2100)]
LONGEST_SHORT_TITLE = 50  # characters that fit the report's table without a second line


class Record(BaseModel):
    """Base of all declared records: immutable, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LocalText(Record):
    """A text for readers in Finnish and, where translated, in Swedish and English."""

    fi: Text
    sv: Text | None = None
    en: Text | None = None

    def language_for(self, language: Language) -> Language:
        """The language in which the text can be had: the one asked, else Finnish."""
        return language if getattr(self, language) else "fi"

    def text(self, language: Language) -> str:
        """The text in the language, else in Finnish."""
        return str(getattr(self, self.language_for(language)))


class ShortTitle(LocalText):
    """A title of at most 50 characters, unit included, for the report's table."""

    @model_validator(mode="after")
    def _fits_the_table(self) -> "ShortTitle":
        for language in ("fi", "sv", "en"):
            if len(text := getattr(self, language) or "") > LONGEST_SHORT_TITLE:
                raise ValueError(
                    f"{text!r} has {len(text)} characters; a short title has at most {LONGEST_SHORT_TITLE}"
                )
        return self


# --- areas.yaml -------------------------------------------------------------------------------------


class NameForms(Record):
    """Finnish case forms of a place name, as running text uses them."""

    locative: Text  # "Viitasaarella", "Jyväskylässä"
    genitive: Text  # "Viitasaaren"


class Municipality(Record):
    """A current municipality. ``forms`` is declared for those whose reports use running text."""

    code: MunicipalityCode
    name: LocalText
    region: RegionCode
    county: CountyCode
    sotkanet_id: int | None = None
    forms: NameForms | None = None


class FormerMunicipality(Record):
    """A municipality that has merged away; figures of its time stay under its own code."""

    code: MunicipalityCode
    name: LocalText
    merged_into: MunicipalityCode
    year: Year  # the first year of the merged municipality


class RegionalChange(Record):
    """A municipality that moved to another region; old figures of the regions follow the old division."""

    code: MunicipalityCode
    from_region: RegionCode
    to_region: RegionCode
    year: Year


class LargerArea(Record):
    """A region, a wellbeing services county or the whole country."""

    code: Annotated[str, Field(pattern=r"^(MK\d{2}|HVA\d{2}|SSS)$")]
    name: LocalText
    sotkanet_id: int | None = None
    forms: NameForms | None = None


class AreaFile(Record):
    """``areas.yaml``."""

    country: LargerArea
    regions: tuple[LargerArea, ...]
    counties: tuple[LargerArea, ...]
    municipalities: tuple[Municipality, ...]
    former_municipalities: tuple[FormerMunicipality, ...] = ()
    regional_changes: tuple[RegionalChange, ...] = ()


# --- agreement.yaml ---------------------------------------------------------------------------------


class Decision(Record):
    """The decision from which the agreement's frame is known."""

    body: LocalText
    date: dt.date
    section: str
    case_number: str


class Period(Record):
    """The agreement's period; ``end`` is open where the decision does not fix it."""

    start: dt.date
    end: dt.date | None = None
    replaces: LocalText


class Party(Record):
    """A party of the agreement; a municipality's name comes from ``areas.yaml``."""

    id: Annotated[str, Field(pattern=r"^(\d{3}|[a-z][a-z0-9-]*)$")]
    kind: Literal["municipality", "regional_council", "wellbeing_services_county"]
    name: LocalText | None = None

    @model_validator(mode="after")
    def _named_unless_municipality(self) -> "Party":
        if (self.kind == "municipality") == (self.name is not None):
            raise ValueError("a municipality takes its name from areas.yaml, other parties state theirs")
        return self


class Forum(Record):
    """A forum that follows the agreement."""

    id: Slug
    name: LocalText
    note: LocalText | None = None


class GoalGroup(Record):
    """One of the agreement's groups of goals."""

    id: Annotated[str, Field(pattern=r"^\d$")]
    title: LocalText


class Goal(Record):
    """One of the agreement's goals; ``wording`` tells whether the title is the agreement's own."""

    id: GoalId
    title: LocalText
    wording: Literal["working", "agreed"]
    forums: tuple[Slug, ...]
    topic: LocalText | None = None  # what it is about, as "of" takes it: "yksinäisyydestä", "ensamhet"
    note: LocalText | None = None  # what readers must know of the goal's indicators

    @property
    def group(self) -> str:
        """Id of the goal's group."""
        return self.id.split(".")[0]


class Agreement(Record):
    """``agreement.yaml``: who agreed on what, and who follows it."""

    title: LocalText
    short_title: LocalText
    decision: Decision
    period: Period
    region: RegionCode
    county: CountyCode
    wording_note: LocalText
    parties: tuple[Party, ...]
    forums: tuple[Forum, ...]
    groups: tuple[GoalGroup, ...]
    goals: tuple[Goal, ...]
    current_years: Annotated[int, Field(gt=0)] = 5  # figures older than this are old, and said to be


# --- indicators.yaml --------------------------------------------------------------------------------


class Producer(Record):
    """Who produced the figures, as the reader should see it."""

    id: Slug
    name: LocalText
    url: Text


class Service(Record):
    """A service that gives figures of one or more producers; ``licence`` is None where none has been seen."""

    id: Slug
    name: LocalText
    url: Text
    licence: Text | None = None


class Unit(Record):
    """A unit of values. ``multiplier`` turns numerator / denominator into the unit."""

    id: Slug
    label: LocalText  # in tables and axes: "% työvoimasta" is the indicator's, "%" the unit's
    symbol: str = ""  # printed after the number, with a no-break space
    multiplier: Annotated[float, Field(gt=0)] | None = None
    difference: LocalText | None = None  # the unit of a difference: "prosenttiyksikköä"
    minimum: float | None = None  # plausible range of values, for the snapshot's checks
    maximum: float | None = None
    is_additive: bool = False  # a count: the region's value is the sum of its municipalities'


class KnownWarning(Record):
    """A warning that indicators may carry, with its words for readers."""

    id: Slug
    text: LocalText


class GoalLink(Record):
    """An indicator serving a goal, with the direction that the goal gives it."""

    goal: GoalId
    direction: Direction
    key: bool = False  # one of the few by which the goal is first read


class SeriesBreak(Record):
    """A break in a series: values before ``year`` are not comparable with it and later ones."""

    year: Year
    note: LocalText


class YearSpan(Record):
    """The years of a series that are used, with the reason where the provider has more."""

    first: Year | None = None
    last: Year | None = None
    reason: LocalText | None = None


class Fills(Record):
    """Leave for a fallback to give the years that the preferred indicator lacks.

    ``vintage`` is the reading of the fallback for which the two were shown to agree; of another reading
    they must agree anew.
    """

    vintage: Year


class SotkanetSource(Record):
    """A Sotkanet indicator."""

    service: Literal["sotkanet"]
    key: Annotated[int, Field(gt=0)]
    sexes: tuple[Sex, ...] = ("total",)
    count: Literal["numerator", "unknown"] = "unknown"  # what the service's absValue is
    count_source: Text | None = None  # where that is said
    population_share: tuple[float, float] | None = None  # of all residents, those in the denominator

    @model_validator(mode="after")
    def _numerator_is_known(self) -> "SotkanetSource":
        if self.count == "numerator" and not (self.count_source and self.population_share):
            raise ValueError(
                "count: numerator needs 'count_source', which says so, and 'population_share', the least and "
                "the greatest share of residents in the denominator; without them it is unknown"
            )
        if self.population_share and not 0 <= self.population_share[0] < self.population_share[1]:
            raise ValueError(f"population_share is {self.population_share}; expected least < greatest")
        return self


class ClassRange(Record):
    """Classes of a variable from one to another, in the table's order; their figures are added up."""

    first: Text
    last: Text


class PxSelection(Record):
    """One figure of a PxWeb table: which content, and which class of each other variable.

    A content is given by its value code without the statistic's prefix ("vaesto" is "vaerak-vaesto" too), and
    by ``name``, its label in Finnish, where the code is not found; a class by either. A variable is given by
    its label, or by its code without the classification's number and date ("ikaryhma"): those change.
    """

    content: Text
    name: Text | None = None
    select: dict[Text, Text | ClassRange] = {}
    table: Text | None = None  # where the figure comes from another table than the indicator's


class StatfinSource(Record):
    """A Statistics Finland table. ``value`` or ``count`` over ``denominator`` makes the figure."""

    service: Literal["statfin"]
    table: Text  # "StatFin/vaerak/11ra"
    is_archived: bool = False  # no live table gives the series any more: its figures are carried
    is_newest_round: bool = False  # the table has the newest round only, as of elections: earlier ones stay
    is_unverified: bool = False  # no account of the table as it is now is known: compared live first of all
    value: PxSelection | None = None
    count: PxSelection | None = None
    denominator: PxSelection | None = None
    monthly: Literal["mean_of_full_years", "sum_of_full_years"] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None  # of a monthly table this month of each year only
    years_per_query: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _has_figures(self) -> "StatfinSource":
        if not self.is_archived and self.value is None and self.count is None:
            raise ValueError("a live table needs 'value' or 'count'")
        if self.month and self.monthly:
            raise ValueError("'month' takes one month of the year, 'monthly' all of them: keep one")
        return self


class TableFileSource(Record):
    """A party's own table: CSV or Excel with area, year and value columns.

    ``columns`` says which known column a heading of the file's own stands for. ``decimal`` and ``thousands``
    are the marks of numbers written as text that could be read in two ways.
    """

    service: Literal["own"]
    path: Text
    sheet: Text | None = None
    columns: dict[Text, Text] = {}
    decimal: Literal[",", "."] | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None

    @model_validator(mode="after")
    def _marks_differ(self) -> "TableFileSource":
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError(f"'decimal' and 'thousands' are both {self.decimal!r}; a mark means one thing")
        return self


class DesignEffect(Record):
    """By how much persons who share a household weigh less than independent ones.

    ``low`` and ``high`` are the ends of an own estimate: a verdict is then told only if both give it.
    """

    low: Annotated[float, Field(ge=1)]
    high: Annotated[float, Field(ge=1)]
    source: Text  # the computation, with table and year, or "own estimate" and what it rests on

    @model_validator(mode="after")
    def _is_estimate_or_known(self) -> "DesignEffect":
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        if self.source.casefold().startswith("own estimate") and self.low == self.high:
            raise ValueError("an own estimate is a range: low and high are the same")
        return self


class HiddenBelow(Record):
    """Below which count the publisher hides figures of one reading of a table; ``evidence`` says why."""

    table: Text
    vintage: Text
    below: Annotated[int, Field(gt=1)]
    evidence: Text


class SteadyMargin(Record):
    """The greatest total change that still counts as steady, in the indicator's unit, and why."""

    value: Annotated[float, Field(gt=0)]
    reason: Text


class Indicator(Record):
    """A followed figure.

    Attributes
    ----------
    id : str
        ``sotkanet:ID``, ``statfin:NAME`` or ``own:NAME``.
    decimals : int
        Decimals shown in text, charts and tables alike.
    value_type : str
        proportion, rate, mean, amount, index or count; decides which statistics apply.
    events : str
        What the numerator counts: independent ``persons``, dependent ``events``, ``episodes`` (days, visits,
        periods of care: many of one person, so no interval), ``none`` where there is no count.
    short_title : ShortTitle or None
        The title with its unit as the report's table has room for it; None shows ``title``.
    levels : tuple of str
        The levels at which the figure may be shown, whatever a service publishes.
    fallback_for : str or None
        The indicator of the same matter that is preferred wherever it has a value.
    fills : Fills or None
        Where given, the preferred indicator takes the years that it lacks from this one.
    breaks, never_joined_with, warnings
        What a reader must know before comparing years or series.
    """

    id: IndicatorId
    title: LocalText
    short_title: ShortTitle | None = None
    unit: Slug
    decimals: Annotated[int, Field(ge=0, le=3)]
    value_type: Literal["proportion", "rate", "mean", "amount", "index", "count"]
    events: Literal["persons", "events", "episodes", "none"] = "none"
    producer: Slug
    source: Annotated[SotkanetSource | StatfinSource | TableFileSource, Field(discriminator="service")]
    numerator: LocalText | None = None
    denominator: LocalText | None = None
    levels: tuple[Level, ...] = ("municipality", "region", "county", "country")
    goals: tuple[GoalLink, ...] = ()
    is_key_fact: bool = False
    projection: bool = False  # figures of years to come are meant; of others they are slips
    years: YearSpan = YearSpan()
    interval_years: Annotated[int, Field(gt=0)] = 1  # the series' calendar: elections every four years
    is_compared: bool = True  # no: the figure tells an area's size, as population does
    is_stock: bool = False  # carried over from year to year: debt, population
    design_effect: DesignEffect | None = None  # of persons who have the attribute by their household
    hidden_below: tuple[HiddenBelow, ...] = ()
    pooling: Literal[3, 5] | None = None  # years pooled for the comparison, where yearly events are few
    minimum_events: Annotated[int, Field(ge=5)] = 10  # figures on fewer are marked uncertain
    steady_margin: SteadyMargin | None = None
    breaks: tuple[SeriesBreak, ...] = ()
    never_joined_with: tuple[IndicatorId, ...] = ()
    fallback_for: IndicatorId | None = None
    fills: Fills | None = None
    warnings: tuple[Slug, ...] = ()
    note: LocalText | None = None

    @model_validator(mode="after")
    def _declares_what_goes_together(self) -> "Indicator":
        if self.pooling and not (self.is_counted and self.value_type == "rate"):
            raise ValueError("pooling is for rates with counts: events: persons or events, value_type: rate")
        if self.design_effect and not (self.is_counted and self.events == "persons"):
            raise ValueError("design_effect is for counted persons: events: persons, and a share or a rate")
        if self.fills and not self.fallback_for:
            raise ValueError("'fills' needs 'fallback_for': the indicator whose missing years are filled")
        return self

    @property
    def is_counted(self) -> bool:
        """Whether counts, where there are any, are what the figure is made of, so that it can be tested."""
        is_numerator = not isinstance(self.source, SotkanetSource) or self.source.count == "numerator"
        is_made_of_counts = self.value_type in ("proportion", "rate") and self.events in ("persons", "events")
        return self.is_compared and is_made_of_counts and is_numerator

    @property
    def source_key(self) -> str:
        """By which the source knows the series: a key, a table or a file."""
        if isinstance(self.source, SotkanetSource):
            return str(self.source.key)
        return self.source.table if isinstance(self.source, StatfinSource) else self.source.path

    @property
    def month(self) -> int | None:
        """The month of the year that is followed; None where the figure is of the year."""
        return getattr(self.source, "month", None)

    @model_validator(mode="after")
    def _id_matches_source(self) -> "Indicator":
        service, _, key = self.id.partition(":")
        if service != self.source.service:
            raise ValueError(f"id begins with {service!r}, but the source is {self.source.service!r}")
        if isinstance(self.source, SotkanetSource) and key != str(self.source.key):
            raise ValueError(f"id ends with {key!r}, but the source's key is {self.source.key}")
        return self


class PeerVariable(Record):
    """A variable by which peers are chosen; ``is_log`` compares it by ratio."""

    indicator: IndicatorId
    is_log: bool = False


class OwnPeerGroup(Record):
    """A group chosen by people, used for one municipality instead of the computed one."""

    area: MunicipalityCode
    members: Annotated[tuple[MunicipalityCode, ...], Field(min_length=3, max_length=8)]


class PeerDeclaration(Record):
    """How a municipality's peers are found."""

    size: Annotated[int, Field(ge=3, le=20)] = 8
    excluded_regions: tuple[RegionCode, ...] = ()
    variables: Annotated[tuple[PeerVariable, ...], Field(min_length=1)]
    own_groups: tuple[OwnPeerGroup, ...] = ()


class IndicatorFile(Record):
    """``indicators.yaml``; ``population`` is the indicator that counts the residents of an area."""

    services: tuple[Service, ...]
    producers: tuple[Producer, ...]
    units: tuple[Unit, ...]
    warnings: tuple[KnownWarning, ...]
    peers: PeerDeclaration
    population: IndicatorId
    indicators: tuple[Indicator, ...]
