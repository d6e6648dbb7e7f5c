"""The documentation: `make docs` builds it into site/ with Sphinx; a broken link is an error."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from indicators.version import __version__

project = "yhdyspinta-indicators"
release = version = __version__
language = "fi"
locale_dirs = [str(Path(__file__).parent / "locale")]  # the words of the search
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_copybutton",
]

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
add_module_names = False
toc_object_entries_show_parents = "hide"
napoleon_google_docstring = False
napoleon_use_rtype = False
default_role = "code"
highlight_language = "none"  # commands are no Python
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 4

html_theme = "pydata_sphinx_theme"
html_title = "Yhdyspintamittarit"
html_static_path = ["tyyli.css"]
html_css_files = ["tyyli.css"]
html_sidebars = {name: [] for name in ("index", "aloitus", "pa-svenska", "search")}  # alone in their part
html_show_copyright = False
html_show_search_summary = (
    False  # it would be asked for by a request, which a page opened from disk may not make
)
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": True,
    "footer_start": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True

#: Pages whose text is not Finnish; the frame stays Finnish, as the site's.
_ENGLISH = ("architecture", "running", "decisions", "methods", "sources", "operations", "reference/")
_LANGUAGES = dict.fromkeys(_ENGLISH, "en") | {"pa-svenska": "sv"}


def setup(app):
    """The theme's words in Finnish, and each page's text in its own language."""
    folder = Path(app.outdir) / ".doctrees" / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    words = Path(__file__).parent / "locale" / "fi.po"
    with words.open("rb") as source, (folder / "sphinx.mo").open("wb") as target:
        write_mo(target, read_po(source, locale="fi"))
    app.add_message_catalog("sphinx", folder.parents[1])
    app.connect("html-page-context", _say_language)


def _say_language(app, page, template, context, doctree):
    for start, language in _LANGUAGES.items():
        if page.startswith(start) and "body" in context:
            context["body"] = f'<div lang="{language}">{context["body"]}</div>'
