"""The status page as HTML and as JSON: one file each, nothing fetched from anywhere. Pure."""

import json
from collections.abc import Sequence
from html import escape
from typing import Final

from bee.sla.status.standing import Incident, Standing
from bee.sla.status.words import (
    HEADLINES,
    KINDS,
    day_kind,
    day_words,
    incident_words,
    moment,
    percent,
    uptime_words,
)  # fmt: skip
from bee.sla.uptime import State, Uptime

AGAIN_S: Final = 300
BAR_WIDTH: Final = 10
BAR_HEIGHT: Final = 40
# A bar's height says it too, for whoever can't tell the colours.
HEIGHTS: Final = {"up": 40, "some": 28, "down": 16, "unknown": 40}
STYLE: Final = """
:root { color-scheme: light dark; --text: #0f172a; --quiet: #475569; --back: #ffffff; --line: #dfe4ea;
  --up: #0f766e; --some: #c2410c; --down: #b91c1c; --unknown: #aab6c8 }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf2; --quiet: #a7b1c2; --back: #0f1520; --line: #2a3446;
  --up: #2dd4bf; --some: #f97316; --down: #f87171; --unknown: #4a566b } }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 46rem; background: var(--back); color: var(--text);
  font: 15px/1.5 Inter, system-ui, sans-serif }
h1 { font-size: 1.75rem; margin: 0 0 .25rem } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 1rem 0 .25rem }
p { margin: .25rem 0 } .quiet { color: var(--quiet) }
h1::before { content: ""; display: inline-block; width: .8rem; height: .8rem; margin-right: .6rem;
  border-radius: 50%; background: var(--now) }
svg { width: 100%; height: 2.5rem; display: block } svg .up { fill: var(--up) } svg .some { fill: var(--some) }
svg .down { fill: var(--down) } svg .unknown { fill: var(--unknown) }
ul { margin: 0; padding: 0; list-style: none } li { padding: .4rem 0; border-bottom: 1px solid var(--line) }
summary { cursor: pointer; padding: .4rem 0; color: var(--quiet) }
"""


def status_page(standing: Standing) -> str:
    """Return the page."""
    now = "var(--some)" if standing.state is State.MAINTENANCE else f"var(--{standing.state})"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{AGAIN_S}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(HEADLINES[standing.state])} · BEE status</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1 style="--now: {now}">{escape(HEADLINES[standing.state])}</h1>
<p class="quiet">As of {moment(standing.at)}. A page of long ago says nothing of now. Days are UTC.</p>
{_uptime(standing)}
{
        _list(
            "Maintenance",
            [f"{moment(each.starts_at)} to {moment(each.ends_at)}" for each in standing.maintenance],
            "None is announced.",
        )
    }
{_incidents(standing.incidents)}
</main>
</body>
</html>
"""


def status_json(standing: Standing) -> str:
    """Return the same for programs."""
    return json.dumps(
        {
            "generated_at": standing.at.isoformat(),
            "state": standing.state,
            "days_covered": len(standing.days),
            "uptime": _figures(standing.uptime),
            "days": [{"on": day.on.isoformat(), **_figures(day.uptime)} for day in standing.days],
            "maintenance": [
                {"starts_at": each.starts_at.isoformat(), "ends_at": each.ends_at.isoformat()}
                for each in standing.maintenance
            ],
            "incidents": [
                {
                    "title": each.title,
                    "began_at": each.began_at.isoformat(),
                    "ended_at": each.ended_at.isoformat() if each.ended_at else None,
                    "down_minutes": each.down,
                    "notes": [
                        {"kind": word.kind, "at": word.at.isoformat(), "title": word.title, "text": word.body}
                        for word in each.words
                    ],
                }
                for each in standing.incidents
            ],
        },
        indent=2,
    )


def _uptime(standing: Standing) -> str:
    """Return the days as bars, and in words for whoever does not see those."""
    words = f"<h2>Uptime</h2>\n<p>{escape(uptime_words(standing))}</p>"
    if not standing.days:
        return words
    bars = "".join(
        f'<rect class="{day_kind(day.uptime)}" x="{place * BAR_WIDTH}" width="{BAR_WIDTH - 2}" rx="2"'
        f' y="{BAR_HEIGHT - HEIGHTS[day_kind(day.uptime)]}" height="{HEIGHTS[day_kind(day.uptime)]}">'
        f"<title>{escape(day_words(day))}</title></rect>"
        for place, day in enumerate(standing.days)
    )
    width = len(standing.days) * BAR_WIDTH
    days = "\n".join(f"<li>{escape(day_words(day))}</li>" for day in reversed(standing.days))
    return f"""{words}
<svg viewBox="0 0 {width} {BAR_HEIGHT}" preserveAspectRatio="none" role="img"
 aria-label="A bar a day, {percent(standing.uptime.ratio)} up in all">{bars}</svg>
<details><summary>Day by day</summary>
<ul>
{days}
</ul>
</details>"""


def _incidents(incidents: Sequence[Incident]) -> str:
    if not incidents:
        return _list("Incidents", [], "None.")
    return "\n".join(("<h2>Incidents</h2>", *map(_incident, incidents)))


def _incident(incident: Incident) -> str:
    words = "\n".join(
        f"<li><strong>{escape(KINDS[word.kind])}</strong>, {moment(word.at)}<br>{_lines(word.body)}</li>"
        for word in incident.words
    )
    return f"""<article>
<h3>{escape(incident.title)}</h3>
<p class="quiet">{escape(incident_words(incident))}</p>
<ul>
{words}
</ul>
</article>"""


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())


def _list(title: str, items: list[str], nothing: str) -> str:
    shown = "\n".join(f"<li>{escape(item)}</li>" for item in items)
    body = f"<ul>\n{shown}\n</ul>" if items else f'<p class="quiet">{escape(nothing)}</p>'
    return f"<h2>{escape(title)}</h2>\n{body}"


def _figures(uptime: Uptime) -> dict[str, object]:
    return {
        "up_minutes": uptime.up,
        "down_minutes": uptime.down,
        "maintenance_minutes": uptime.maintenance,
        "unknown_minutes": uptime.unknown,
        "uptime_ratio": uptime.ratio,
        "coverage_ratio": uptime.coverage,
        "lowest_ratio": uptime.lowest,
        "highest_ratio": uptime.highest,
    }
