"""The head: whose report it is, as of when, the question it answers, and the key facts."""

from dataclasses import dataclass

from markupsafe import Markup

from indicators.report.sections.context import Context


@dataclass(frozen=True)
class FactView:
    """A key fact: its number, and what it is of with its year."""

    label: str
    value: Markup


@dataclass(frozen=True)
class HeadView:
    """What the head's template reads.

    Attributes
    ----------
    agreement, situation, name, question : str
        The agreement's short title, the date of the figures in words, the area's name, the question.
    foot : tuple of str
        What stands at the foot of every sheet: name and edition.
    demo, note : str
        That it is a demonstration, and what must be known of the name; empty where there is nothing to say.
    """

    agreement: str
    situation: str
    name: str
    question: str
    facts: list[FactView]
    foot: tuple[str, str]
    demo: str
    note: str = ""


def make_head(c: Context) -> HeadView:
    """The head of an area's report."""
    agreement = c.sentences.local(c.catalogue.agreement.short_title)
    edition = c.texts("form_edition", edition=c.edition) if c.edition else c.texts("form_by_hand")
    return HeadView(
        agreement=agreement,
        situation=c.texts("form_situation", date=c.date),
        name=c.area_name,
        question=c.texts("report_question"),
        facts=[FactView(fact.label, c.html(fact.value)) for fact in c.sentences.key_facts()],
        foot=(f"{c.area_name} · {agreement}", edition),
        demo=c.texts("demo_mark") if c.is_demo else "",
    )
