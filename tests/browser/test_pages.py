"""Pages as a browser sees them."""


def test_a_page_is_watched(page, tmp_path):
    """The watch itself works: a request, an error and a dialog are all seen."""
    file = tmp_path / "page.html"
    file.write_text(
        "<script>console.error('one'); alert('two'); fetch('file:///nowhere');</script>"
    )
    page.goto(file.as_uri())
    assert {"one", "two"} <= set(page.complaints)
    assert len(page.asked) >= 1
