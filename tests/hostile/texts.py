"""Texts with which somebody could attack a report, each with what it attacks.

They stand for the attacks that are known of pages, spreadsheets, documents, terminals, templates,
paths and commands. ``refused`` is part of the sentence with which the check of a data release turns
a text away; what is empty there goes through every output and has to come out as letters.
"""

from dataclasses import dataclass

_HIDDEN = "holds a character that nobody sees"


@dataclass(frozen=True)
class Hostile:
    text: str
    attacks: str
    refused: str = ""


ALL = (
    Hostile("<script>alert(1)</script>", "pages: a script"),
    Hostile("<img src=x onerror=alert(2)>", "pages: a handler that needs no click"),
    Hostile("<svg onload=alert(3)><a href='javascript:alert(3)'>a</a>", "pages: inside a picture"),
    Hostile("<a href=\"javascript:alert(4)\">tekan</a>", "pages: a link that runs"),
    Hostile("javascript:alert(5)//https://x.example", "pages: an address that runs"),
    Hostile("data:text/html,<script>alert(6)</script>", "pages: an address that is a page"),
    Hostile("mailto:?bcc=x&body=<b>x", "pages and files: a link that opens a program"),
    Hostile("</style><style>*{background:url(https://evil.example/7)}", "pages: out of the style"),
    Hostile("a;width:expression(alert(8));x:url(https://evil.example)", "pages: a style"),
    Hostile("</script><!--<script>alert(9)", "pages: out of embedded data"),
    Hostile("]]><script>alert(10)</script><![CDATA[", "pictures and office files: out of CDATA"),
    Hostile("\" autofocus onfocus=\"alert(11)", "pages: out of an attribute"),
    Hostile("' onmouseover='alert(12)` `id` \"'", "pages: out of an attribute in other quotes"),
    Hostile("&amp;lt;script&amp;gt;&#60;img src=x&#62;", "pages: written out, to be undone once"),
    Hostile("<table><form action=https://evil.example><input>", "pages: a form"),
    Hostile("=cmd|' /C calc'!A0", "spreadsheets: a formula that starts a program"),
    Hostile("+1+cmd|' /C calc'!A0", "spreadsheets: the same after a plus"),
    Hostile("-2+3+cmd|' /C calc'!A0", "spreadsheets: the same after a minus"),
    Hostile("@SUM(1+1)*cmd|' /C calc'!A0", "spreadsheets: the same after an at"),
    Hostile("＝HYPERLINK(\"https://evil.example\";\"a\")", "spreadsheets: wide letters"),
    Hostile("'=1+1 text that begins with an apostrophe", "spreadsheets: an apostrophe too many"),
    Hostile("{{7*7}} {% for x in range(9) %}{{x}}{% endfor %} {#x#}", "templates of Python"),
    Hostile("${HOME} $(id) #{7*7} %(name)s {0.__class__} {name}", "shells and formats"),
    Hostile("../../../../etc/passwd", "paths: out of the folder"),
    Hostile("/etc/passwd C:\\Windows\\win.ini \\\\evil\\share", "paths: elsewhere"),
    Hostile("CON", "paths: a device of Windows"),
    Hostile("NUL.", "paths: another, with a dot that is dropped"),
    Hostile("A" * 300, "paths and layouts: longer than a name of a file"),
    Hostile("\"; import os; os.system('id') #", "parameters: out of a text of Python"),
    Hostile("'''\"\"\"\\", "parameters: every quote and the mark that escapes"),
    Hostile("# Judul **tebal** <b>mentah</b> | a | b |", "Markdown: headings, tables, raw HTML"),
    Hostile("[tekan](javascript:alert(32)) ![x](https://evil.example/32.png)", "Markdown: links"),
    Hostile("#read(\"/etc/passwd\") #import \"@preview/x:1\" $x^2$ @ref <label>", "Typst"),
    Hostile("\\input{/etc/passwd} \\write18{id} $\\alpha$ %", "LaTeX"),
    Hostile("{ DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc\" }", "Word: a field"),
    Hostile("<w:instrText>INCLUDETEXT</w:instrText>&L&\"Arial\"&P", "office files: marks"),
    Hostile("--out=/etc --overlay x", "commands: an option"),
    Hostile("'); DROP TABLE regions; --", "databases: the end of a statement"),
    Hostile("[bold red]x[/bold red] :skull: [link=https://evil.example]y[/link]", "terminals"),
    Hostile("Z\u0351\u0324a\u0317\u0334\u0335l\u0321g\u0338o", "readers: marks that pile up"),
    Hostile("\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", "readers: right to left"),
    Hostile("\u202eababat\u202c", "readers: a mark that turns letters round", _HIDDEN),
    Hostile("Bli\u200btar\ufeff", "readers: blanks that nobody sees", _HIDDEN),
    Hostile("a\u2028alert(44)\u2029", "scripts: ends of lines that are none elsewhere", _HIDDEN),
    Hostile("\x1b[31mmerah\x1b]0;judul\x07\x1b[2J", "terminals: commands", _HIDDEN),
    Hostile("\x9b31m\x85", "terminals: commands of one character", _HIDDEN),
    Hostile("\t=1+1", "spreadsheets: a tab before a formula", _HIDDEN),
    Hostile("\n=1+1", "spreadsheets, logs: an end of line", _HIDDEN),
    Hostile("\r=1+1", "spreadsheets, terminals: back to the start of the line", "must end in LF"),
    Hostile("a\x00b", "paths: an end too early", _HIDDEN),
    Hostile("\ud800", "every file: half a character", "is not UTF-8"),
    Hostile("jahat@evil.example", "people: an address", "personal data"),
    Hostile(" =1+1 ", "spreadsheets: a blank around a text", "begins or ends with a blank"),
)  # fmt: skip

#: Those that a data release may hold, so that every output has to bear them.
BORNE = tuple(each.text for each in ALL if not each.refused)
REFUSED = tuple(each for each in ALL if each.refused)
