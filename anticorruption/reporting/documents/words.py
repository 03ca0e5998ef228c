"""Words that the files themselves add to a report: contents, page numbers, marks of a draft."""

from dataclasses import asdict, dataclass

from anticorruption.language import Language

#: Stand in a sentence for the numbers that a file fills in by itself.
PAGE, PAGES = "\ue000", "\ue001"


@dataclass(frozen=True)
class Words:
    """Words of one language.

    ``foot`` is the three pieces around the number of the page and the number of pages.
    """

    contents: str
    draft: str
    release: str
    logo: str
    table: str
    figure: str
    no_alt: str
    foot: tuple[str, str, str]

    def as_dict(self) -> dict:
        """Words by their name."""
        return asdict(self)


def words(say: Language) -> Words:
    """Words of a report's language."""
    foot = say("Page {page} of {pages}", page=PAGE, pages=PAGES)
    before, _, rest = foot.partition(PAGE)
    between, _, after = rest.partition(PAGES)
    return Words(
        contents=say("Contents"),
        draft=draft(say),
        release=say("Data release"),
        logo=say("Logo of the institution"),
        table=say("Table"),
        figure=say("Figure"),
        no_alt=say("A picture without a description."),
        foot=(before, between, after),
    )


def draft(say: Language) -> str:
    """Mark of a report that is not final."""
    return say("Material for discussion, not a final report")
