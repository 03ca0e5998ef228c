"""The controls of the what-if notebook: widgets that choose, ordinary outputs that follow.

The widgets hold choices and nothing else. What they lead to is shown as the tables and charts of
any page, which are replaced in place after each choice; so a saved, printed or executed notebook
shows its state without widgets, scripts or saved widget state.
"""

import os
from itertools import zip_longest

import ipywidgets as widgets
from IPython.display import DisplayHandle, display
from IPython.utils.capture import capture_output
from markupsafe import Markup, escape

from anticorruption import regions
from anticorruption.errors import RefusedInput
from anticorruption.language import Language, deferred
from anticorruption.reporting import whatif, whatif_files, whatif_page
from anticorruption.reporting.display import Page
from anticorruption.reporting.whatif import WEIGHTED, Choices, Ground, Screen

#: Variables that a server with a front end sets for its kernels.
_FRONT_ENDS = ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD")
CONTROLS = ("auto", "yes", "no")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_EMPTY = {"text/html": "", "text/plain": ""}
#: Sections that only change when other figures are cited.
_CITING = "sources"


def opened(
    ground: Ground,
    values: dict,
    language: str,
    recipe: str = "",
    folder: str = "",
    controls: str = "auto",
) -> "Explorer":
    """Open the screen of a notebook's parameters, or that of a recipe.

    Parameters
    ----------
    ground : Ground
    values : dict
        The parameters that are choices (:class:`anticorruption.reporting.whatif.Choices`).
    language : str
    recipe : str
        File of a recipe, whose choices replace the values; "~" is the user's home.
    folder : str
        Where exports go (:func:`anticorruption.reporting.whatif_files.write`).
    controls : {"auto", "yes", "no"}
        Whether there are controls; by default where a front end has started the kernel.

    Raises
    ------
    RefusedInput
        Naming the parameter, its value and what is possible.
    """
    say = Language(language)
    if controls not in CONTROLS:
        raise RefusedInput(f"controls is {controls!r}; choose one of {', '.join(CONTROLS)}.")
    if not isinstance(folder, str) or not isinstance(recipe, str):
        raise RefusedInput("folder and recipe must be texts; leave them empty for none.")
    whatif_files.placed(folder)
    given = whatif.of_values(values)
    told: list[str] = []
    if recipe.strip():
        given, about = whatif_files.read(recipe)
        told = whatif.differing(whatif.screen(ground, given), about)
    live = controls == "yes" or (controls == "auto" and has_front_end())
    return Explorer(whatif.screen(ground, given), say, folder, live, told)


def has_front_end() -> bool:
    """Whether the kernel was started by a server with a front end, not to run a notebook once."""
    return any(name in os.environ for name in _FRONT_ENDS)


class Explorer:
    """A screen, the controls that change it, and the outputs that follow.

    Parameters
    ----------
    shown : Screen
        Screen of the beginning.
    say : Language
    folder : str
        Where exports go.
    live : bool
        Whether there are controls.
    differing : list of str
        What the recipe of the beginning was made with that is another now.
    """

    def __init__(self, shown: Screen, say: Language, folder: str, live: bool, differing: list[str]):
        self.screen, self.say, self.folder, self.live = shown, say, folder, live
        self._differing = differing
        self._page = Page(shown.ground.nation.release, say)
        self._handles: dict[str, list[DisplayHandle]] = {}
        self._cited: tuple = ()
        self._quiet = False
        self._first = shown.choices
        self._weights = shown.choices.weights

    def controls(self) -> None:
        """Show the controls, or how to get them."""
        say = self.say
        if not self.live:
            note = say("Open this notebook in JupyterLab to change region, weights or thresholds.")
            self._page.text(note, tone="note")
            self._page.text(_differs(say, self._differing), tone="warning")
            return
        self.panel = self._panel()
        self._tell(_differs(say, self._differing))
        note = say("The controls are shown in JupyterLab; after reloading, run all cells again.")
        display(
            {
                _WIDGET: {
                    "version_major": 2,
                    "version_minor": 0,
                    "model_id": self.panel.model_id,
                },
                "text/html": str(Markup("<p>{}</p>").format(note)),
                "text/plain": note,
            },
            raw=True,
        )

    def show(self, section: str) -> None:
        """Show a section (:func:`anticorruption.reporting.whatif_page.show`)."""
        bundles = self._bundles(section)
        if not self.live:
            for data, metadata in bundles:
                display(data, metadata=metadata, raw=True)
            return
        self._handles[section] = [
            display(data, metadata=metadata, raw=True, display_id=True)
            for data, metadata in bundles
        ]

    def update(self, choices: Choices) -> None:
        """Show another screen in place of this one.

        Raises
        ------
        RefusedInput
            If the choices are refused; the screen stays as it was.
        """
        self.screen = whatif.screen(self.screen.ground, choices)
        self._page = Page(self._page.release, self.say)
        for section, handles in self._handles.items():
            if section == _CITING and self._cited == self._page.cited():
                continue
            for handle, bundle in zip_longest(handles, self._bundles(section)):
                data, metadata = bundle or (_EMPTY, {})
                handle.update(data, metadata=metadata, raw=True)

    def export(self) -> None:
        """Write the screen's files and say where they are."""
        try:
            target = whatif_files.write(self.screen, self.say, self.where.value)
        except RefusedInput as refusal:
            self._tell(str(refusal), bad=True)
        else:
            self._tell(self.say("Written: {folder}", folder=target))

    def load(self, text: str, name: str) -> None:
        """Show the screen of a recipe."""
        try:
            choices, about = whatif.read_recipe(text, name)
            whatif.screen(self.screen.ground, choices)
        except RefusedInput as refusal:
            self._tell(str(refusal), bad=True)
            return
        self._set(choices)
        told = _differs(self.say, whatif.differing(self.screen, about))
        self._tell(told or self.say("Loaded: {file}", file=name))

    def _bundles(self, section: str) -> list[tuple[dict, dict]]:
        """Outputs of a section, taken instead of shown."""
        if section == _CITING:
            self._cited = self._page.cited()
        with capture_output(stdout=False, stderr=False) as captured:
            whatif_page.show(self._page, self.screen, section, self.live)
        return [(output.data, output.metadata) for output in captured.outputs]

    def _panel(self) -> widgets.Widget:
        say, ground = self.say, self.screen.ground
        names = sorted((regions.name(code, say.code), code) for code in ground.codes)
        self._codes = dict(names)
        self.region = _dropdown(say("Region"), names)
        self.year = _dropdown(say("Survey year"), [(str(year), year) for year in ground.years])
        how = [(say("found by context"), False), (say("own choice"), True)]
        self.own = _dropdown(say("Comparable regions"), how)
        self.number = _slider(widgets.IntSlider, say("How many"), 3, whatif.MOST_PEERS, 1)
        self.peers = widgets.TagsInput(
            allowed_tags=list(self._codes), allow_duplicates=False, layout=_wide()
        )
        weight_names = whatif_page.weight_names(say)
        self.weights = [
            _slider(widgets.IntSlider, weight_names[measure], 0, 100, 1) for measure in WEIGHTED
        ]
        self.shares = widgets.HTML()
        scales = [(name, key) for key, name in whatif_page.scale_names(say).items()]
        self.scale = _dropdown(say("Scale"), scales)
        rules = [(say("at least"), "at_least"), (say("above"), "above")]
        self.spi_rule = _dropdown(say("SPI asks"), rules)
        self.spi = _slider(widgets.FloatSlider, say("SPI threshold"), 0, 100, 0.5)
        self.mcp_rule = _dropdown(say("MCP asks"), rules)
        self.mcp = _slider(widgets.FloatSlider, say("MCP threshold"), 0, 100, 0.5)
        self.years_running = _slider(
            widgets.IntSlider, say("WTP years"), 1, whatif.MOST_YEARS_RUNNING, 1
        )
        self.mark = _slider(widgets.FloatSlider, say("Pass mark"), 0, 100, 0.5)
        self.where = widgets.Text(
            value=str(whatif_files.placed(self.folder)),
            description=say("Folder"),
            layout=_wide(),
            style=_LABEL,
        )
        self.button = _button(say("Export"), say("Tables, charts and recipe into the folder"))
        self.reset = _button(say("Start again"), say("Back to the choices of the beginning"))
        self.upload = widgets.FileUpload(
            accept=".json", multiple=False, description=say("Load a recipe")
        )
        self.message = widgets.HTML()
        self._set(self.screen.choices, shown=True)
        self._watch()
        columns = [
            (say("Who"), [self.region, self.year, self.own, self.number, self.peers]),
            (say("Weights"), [*self.weights, self.shares, self.scale]),
            (
                say("Thresholds"),
                [self.spi_rule, self.spi, self.mcp_rule, self.mcp, self.years_running, self.mark],
            ),
        ]
        groups = [
            widgets.VBox(
                [widgets.HTML(str(Markup("<b>{}</b>").format(title))), *children],
                layout=widgets.Layout(flex="1 1 290px", min_width="270px", margin="0 12px 0 0"),
            )
            for title, children in columns
        ]
        row = widgets.Layout(display="flex", flex_flow="row wrap", width="100%")
        actions = [self.where, self.button, self.upload, self.reset]
        return widgets.VBox(
            [
                widgets.Box(groups, layout=row),
                widgets.Box(actions, layout=row),
                self.message,
            ]
        )

    def _watch(self) -> None:
        for control in (*self._plain().values(), self.region, self.peers, self.own):
            control.observe(self._changed, "value")
        for slider in self.weights:
            slider.observe(self._weighted, "value")
        self.button.on_click(lambda _: self.export())
        self.reset.on_click(lambda _: self._start_again())
        self.upload.observe(self._uploaded, "value")

    def _plain(self) -> dict[str, widgets.Widget]:
        """Controls whose value is the choice itself."""
        return {
            "year": self.year,
            "number_of_peers": self.number,
            "scale": self.scale,
            "spi_rule": self.spi_rule,
            "spi_threshold": self.spi,
            "mcp_rule": self.mcp_rule,
            "mcp_threshold": self.mcp,
            "wtp_years": self.years_running,
            "pass_mark": self.mark,
        }

    def _chosen(self) -> Choices:
        """Choices that the controls stand at."""
        peers = [self._codes[name] for name in self.peers.value] if self.own.value else []
        return Choices(
            region=self.region.value,
            peers=tuple(peers),
            weights=self._weights,
            **{name: control.value for name, control in self._plain().items()},
        )

    def _set(self, choices: Choices, shown: bool = False) -> None:
        """Set the controls, without their changes being answered one by one."""
        self._quiet = True
        try:
            own = bool(choices.peers)
            self.region.value, self.own.value, self._weights = choices.region, own, choices.weights
            names = {code: name for name, code in self._codes.items()}
            self.peers.value = [names[code] for code in choices.peers]
            for name, control in self._plain().items():
                control.value = getattr(choices, name)
            self._set_weights(choices)
        finally:
            self._quiet = False
        self._follow(choices, shown)

    def _set_weights(self, choices: Choices) -> None:
        """Put the sliders where the shares are: whole numbers of a hundred."""
        shares = whatif.screen(self.screen.ground, choices).shares
        given = choices.weights if choices.weights and max(choices.weights) <= 100 else shares * 100
        for slider, weight in zip(self.weights, given, strict=True):
            slider.value = round(weight)

    def _weighted(self, change: dict) -> None:
        if not self._quiet:
            self._weights = tuple(float(slider.value) for slider in self.weights)
            self._changed(change)

    def _changed(self, change: dict) -> None:
        if self._quiet:
            return
        if change["owner"] is self.own and self.own.value and not self.peers.value:
            # an own choice begins with those that context found, to take away and add
            names = {code: name for name, code in self._codes.items()}
            self._quiet = True
            self.peers.value = [names[code] for code in self.screen.codes[1:]]
            self._quiet = False
        self._follow(self._chosen())

    def _follow(self, choices: Choices, shown: bool = False) -> None:
        """Show the screen of the choices, or say why it cannot be."""
        own = self.own.value
        self.number.layout.display = "none" if own else None
        self.peers.layout.display = None if own else "none"
        if own and not choices.peers:
            self._tell(self.say("Name a peer, or let context find them."), bad=True)
            return
        try:
            if not shown:
                self.update(choices)
        except RefusedInput as refusal:
            told = self.say("Not shown: {reason}", reason=refusal)
            self._tell(told, bad=True)
            return
        self.shares.value = str(
            Markup("<small>{}: {}</small>").format(
                self.say("Shares"), whatif_page.shares_told(self.say, self.screen)
            )
        )
        self._tell("")

    def _start_again(self) -> None:
        self._set(self._first)

    def _uploaded(self, change: dict) -> None:
        for file in change["new"]:
            try:
                text = bytes(file["content"]).decode("utf-8")
            except UnicodeDecodeError:
                text = ""
            self.load(text, file["name"])

    def _tell(self, text: str, bad: bool = False) -> None:
        sign = "⚠ " if bad else ""
        told = Markup('<span role="status">{}{}</span>').format(sign, escape(text))
        self.message.value = str(told) if text else ""


def _differs(say: Language, what: list[str]) -> str:
    names = {
        "edition": deferred("edition"),
        "data_sha256": deferred("data release"),
        "code": deferred("code"),
    }
    if not what:
        return ""
    return say(
        "The recipe was made with another {what}; the screen may differ.",
        what=say.series([say(names[each]) for each in what]),
    )


_LABEL = {"description_width": "9.5em"}


def _wide() -> widgets.Layout:
    return widgets.Layout(width="98%", max_width="34em")


def _dropdown(name: str, options: list) -> widgets.Dropdown:
    return widgets.Dropdown(description=name, options=options, style=_LABEL, layout=_wide())


def _slider(kind: type, name: str, low: float, high: float, step: float) -> widgets.Widget:
    # the front end sends a position only after the last one was answered, so that dragging
    # never leaves a queue behind
    settings = {"readout_format": ".1f"} if kind is widgets.FloatSlider else {}
    return kind(
        min=low,
        max=high,
        step=step,
        description=name,
        continuous_update=True,
        style=_LABEL,
        layout=_wide(),
        **settings,
    )


def _button(name: str, help: str) -> widgets.Button:
    return widgets.Button(description=name, tooltip=help, layout=widgets.Layout(width="auto"))
