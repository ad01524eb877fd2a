"""The frame of every page: the mark, the navigation by role, who is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from bee.access import StaffRole, Viewer
from bee.ui.edge import page_run
from bee.ui.guard import find_viewer
from bee.ui.text import plain

ROOT: Final = Path(__file__).resolve().parents[2]
# The gate ends the session and its cookie. Not from here: the script itself is fetched with the session.
LEAVE: Final = """<script>
const form = document.createElement("form");
form.method = "post"; form.action = "/logout"; document.body.append(form); form.submit();
</script>"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A page: its file under ``pages/``, its name, its icon, who it is for; nobody named means everybody."""

    path: str
    title: str
    icon: str
    roles: tuple[StaffRole, ...]


def show(sections: Mapping[str, Sequence[Screen]]) -> None:
    """Draw the frame and run the page that the address names.

    Every page is registered for everybody, hidden where it is not for their role: a page that is not
    registered would be found by its file's name.
    """
    st.logo(ROOT / "static/logo.svg", icon_image=ROOT / "static/mark.svg", size="large")
    viewer = find_viewer()
    if viewer is None:
        # Registered all the same, and not run: the address stays what was asked for.
        st.navigation(
            {name: [_page(screen, None) for screen in screens] for name, screens in sections.items()}
        )
        return
    pages = {name: [_page(screen, viewer) for screen in screens] for name, screens in sections.items()}
    page = st.navigation({"": [_home(pages)], **pages}, expanded=True)
    with st.sidebar:
        _who(viewer)
    with page_run(f"/{page.url_path}"):
        page.run()


def _page(screen: Screen, viewer: Viewer | None) -> StreamlitPage:
    is_theirs = viewer is not None and (not screen.roles or viewer.has_any(screen.roles))
    return st.Page(
        ROOT / "pages" / screen.path,
        title=screen.title,
        icon=f":material/{screen.icon}:",
        url_path=Path(screen.path).stem,
        visibility="visible" if is_theirs else "hidden",
    )


def _home(pages: Mapping[str, Sequence[StreamlitPage]]) -> StreamlitPage:
    """Return what stands at the bare address: it goes on to the first page that is for the viewer's role."""

    def go_on() -> None:
        st.switch_page(
            next(page for section in pages.values() for page in section if page.visibility == "visible")
        )

    return st.Page(go_on, title="BEE", url_path="home", default=True, visibility="hidden")


def _who(viewer: Viewer) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{plain(viewer.full_name)}**")
            st.caption(" · ".join(sorted(viewer.roles)))
        if st.button("Sign out", icon=":material/logout:", type="tertiary"):
            st.html(LEAVE, unsafe_allow_javascript=True)
            st.stop()
