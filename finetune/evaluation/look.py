"""How reports look: one self-contained page, light or dark as the reader's system is, on a desk or on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from replydesk.finetune.evaluation.chinese import html_in_chinese
from replydesk.finetune.evaluation.switch import opening, switch

__all__ = ["INK", "LINE", "SERIES", "SOFT", "facts", "page", "panel", "table"]

INK: Final = "#14302e"
SOFT: Final = "#52676a"
LINE: Final = "#d7e0df"
SERIES: Final = {"floor": "#9a6a2f", "frozen": "#4a63b0", "tuned": "#0e7a70"}
"""Colours of the models in plots; the page replaces them by variables, so that they fit both of its looks."""

_VARIABLES = {INK: "--ink", SOFT: "--soft", LINE: "--line"} | {colour: f"--{name}" for name, colour in SERIES.items()}
_STYLE = """
:root{--ground:#edf2f1;--card:#fff;--ink:#14302e;--soft:#52676a;--line:#d7e0df;--tide:#0e625d;--tint:#e2f0ed;
--floor:#9a6a2f;--frozen:#4a63b0;--tuned:#0e7a70;--bad:#a3324f;--bad-tint:#fbe7ed;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ground:#0d1615;--card:#14201f;--ink:#e3eeec;--soft:#9fb3b0;--line:#273836;
--tide:#63cbbd;--tint:#17332f;--floor:#d9a866;--frozen:#9db2f5;--tuned:#63cbbd;--bad:#ffb9cb;--bad-tint:#47202c}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans SC","PingFang SC",sans-serif}
main{max-width:64rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:2.6rem 0 .3rem}
h2+p,.lead{margin-top:0;color:var(--soft);max-width:46rem}
.lead{font-size:1.08rem}
.verdict{background:var(--tint);border-left:.3rem solid var(--tide);border-radius:.6rem;padding:.9rem 1.1rem}
.verdict.refused{background:var(--bad-tint);border-color:var(--bad)}
.facts{display:grid;grid-template-columns:repeat(3,1fr);
gap:.9rem;margin:1.4rem 0}
.card{margin:1rem 0}
.fact,.card{background:var(--card);border:1px solid var(--line);border-radius:.9rem;padding:1rem 1.1rem}
.fact small{display:block;color:var(--soft)}
.fact b{display:block;font-size:2.1rem;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums}
.fact i{font-style:normal;display:block;height:.3rem;width:2.2rem;border-radius:1rem;margin-bottom:.55rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:.9rem;margin-top:1rem}
.plots .card{margin:0}figcaption{font-weight:600;margin-bottom:.2rem}figcaption small{display:block;font-weight:400}
svg{display:block;width:100%;height:auto}svg text{font-family:inherit}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.5rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;white-space:nowrap}tr:last-child>*{border-bottom:0}
th:first-child,td:first-child{text-align:left}
td small{color:var(--soft);white-space:nowrap}
.up{color:var(--tide)}.down{color:var(--bad)}small{color:var(--soft)}
.dot{display:inline-block;width:.65rem;height:.65rem;border-radius:50%;margin-right:.4rem}
.bars{list-style:none;margin:1rem 0 0;padding:.5rem 1.1rem}
.bars li{padding:.55rem 0;border-bottom:1px solid var(--line)}
.bars li:last-child{border:0}.bars span{overflow-wrap:anywhere}
.bar{height:.45rem;border-radius:1rem;background:var(--line);margin:.3rem 0 .1rem;overflow:hidden;display:flex}
.bar b{display:block;height:100%}
code{background:var(--tint);border-radius:.4rem;padding:.1rem .35rem;overflow-wrap:anywhere;font-size:.9em}
dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem;margin:.6rem 0 0}dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
ul.notes{padding-left:1.1rem;margin:.6rem 0 0}
@media(max-width:40rem){main{padding:1.4rem .8rem 3rem}.card{padding:.8rem .75rem}
td,th{padding:.45rem .25rem;font-size:.86rem}th{white-space:normal}
[lang=zh] td:first-child{word-break:keep-all;min-width:6em}
td small{font-size:.7rem;letter-spacing:-.02em}td small.loose{white-space:normal}
.facts{grid-template-columns:repeat(3,1fr);gap:.5rem}.fact{padding:.7rem .65rem}.fact b{font-size:1.3rem}
.fact small{font-size:.72rem;line-height:1.35}dl{display:block}dd{margin:0 0 .6rem}}
input[name=lang]{position:absolute;opacity:0}
label{float:right;margin:1rem 1.25rem 0 0;color:var(--soft);cursor:pointer}
input:checked+label{color:var(--tide);font-weight:600}input:focus-visible+label{outline:2px solid var(--tide)}
main{clear:both}#in-zh:checked~main[lang=en],#in-en:checked~main[lang=zh]{display:none}
@media print{label{display:none}body{background:#fff}.fact,.card{break-inside:avoid}}
"""


def page(title: str, body: str) -> str:
    """Return a self-contained HTML page in English and Chinese; it loads nothing from anywhere.

    A switch shows one or the other, without a script: a report may hold anybody's words, and none may run.
    """
    return (
        f'{opening("en")}<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        f'{switch("en")}<main lang="en">{body}</main><main lang="zh">{html_in_chinese(body)}</main></html>'
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="card wide"><table><tr>{top}</tr>{lines}</table></div>'


def panel(title: str, what: str, svg: str) -> str:
    """Return a plot with its caption; its colours become those of the page."""
    for colour, name in _VARIABLES.items():
        svg = svg.replace(colour, f"var({name})")
    return f'<figure class="card"><figcaption>{escape(title)}<small>{escape(what)}</small></figcaption>{svg}</figure>'


def facts(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Return large figures: the name of a colour, what it is, the figure, and how sure it is."""
    return (
        '<div class="facts">'
        + "".join(
            f'<div class="fact"><i style="background:var(--{colour})"></i><small>{escape(name)}</small>'
            f"<b>{escape(value)}</b><small>{escape(sure)}</small></div>"
            for colour, name, value, sure in rows
        )
        + "</div>"
    )
