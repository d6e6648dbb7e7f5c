"""What the gate's own page might hold as well: ids and links that do not fit, names of another agreement."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from indicators.catalogue import Catalogue, load_catalogue
from indicators.model import LANGUAGES


def check_ids(page: Any) -> Iterator[str]:
    ids = page.xpath(".//@id")
    repeated = sorted({item for item in ids if ids.count(item) > 1}) if len(ids) != len(set(ids)) else []
    if repeated:
        yield f"ids are repeated: {repeated[:5]}"
    known = set(ids)
    targets = [item[1:] for item in page.xpath(".//a/@href") if item.startswith("#")]
    lost = sorted({item for item in targets if item not in known})
    if lost:
        yield f"links lead nowhere: {lost[:5]}"


def check_leftovers(page: Any, catalogue: Catalogue) -> Iterator[str]:
    """Under an agreement of one's own, no name of the package's agreement is left on the page."""
    own, packaged = (_list_names(item) for item in (catalogue, _load_packaged()))
    text = " ".join(page.text_content().split())
    for name in sorted(packaged - own):
        if re.search(rf"\b{re.escape(name)}", text):
            yield f"the page names {name!r}, which is of another agreement"


def _list_names(catalogue: Catalogue) -> set[str]:
    """Names of an agreement: its own, of its region in all forms, of its regional parties and its forums."""
    agreement, region = catalogue.agreement, catalogue.areas.get(catalogue.agreement.region)
    named = [agreement.title, agreement.short_title, *(item.name for item in agreement.forums)]
    named += [party.name for party in agreement.parties if party.name]
    names = {text for item in named for text in item.model_dump(exclude_none=True).values()}
    names |= {region.name(language) for language in LANGUAGES}
    return names | ({region.forms.locative, region.forms.genitive} if region.forms else set())


@lru_cache(maxsize=1)
def _load_packaged() -> Catalogue:
    return load_catalogue()
