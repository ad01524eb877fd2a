"""Admin › Staff: who works here, their roles, whom a coach has, and the end of an access."""

import streamlit as st

from bee.access import StaffRole
from bee.staff import StaffMember
from bee.ui import staff_acts
from bee.ui.blocks import page_head
from bee.ui.empty import errors_shown
from bee.ui.guard import guard
from bee.ui.staff_table import staff_table, staff_words
from bee.ui.text import plain

viewer = guard(StaffRole.ADMIN)
ROLES = tuple(StaffRole)


def show() -> None:
    """Draw everybody; a row opens what can be done with somebody."""
    covers, choices = page_head("Staff")
    everybody = staff_acts.read_staff(viewer)
    covers.caption(staff_words(everybody))
    if choices.button("Invite somebody", icon=":material/person_add:"):
        invite()
    chosen = staff_table(everybody, key="edit-staff")
    if chosen is not None:
        edit(chosen)


@st.dialog("Invite somebody", position="right")
def invite() -> None:
    """Ask who it is, and show the link that lets them in."""
    with st.form("invite", border=False):
        email = st.text_input("E-mail address", autocomplete="off")
        full_name = st.text_input("Name", autocomplete="off")
        roles = st.pills("Roles", ROLES, selection_mode="multi", default=[StaffRole.PRODUCT])
        sent = st.form_submit_button("Make the link")
    if sent:
        with errors_shown():
            show_link(staff_acts.invite(email=email, full_name=full_name, roles=roles), "72 hours")


@st.dialog("Change an access", position="right")
def edit(member: StaffMember) -> None:
    """Offer what can be done with somebody."""
    st.markdown(f"**{plain(member.full_name)}**")
    st.text(member.email)
    if not member.is_active:
        if st.button("Give the access back"):
            with errors_shown():
                staff_acts.restore(member.id)
                st.rerun()
        return
    with st.form("roles", border=False):
        roles = st.pills(
            "Roles", ROLES, selection_mode="multi", default=[StaffRole(role) for role in member.roles]
        )
        saved = st.form_submit_button("Save the roles")
    if saved:
        with errors_shown():
            staff_acts.change_roles(member.id, roles)
            st.rerun()
    if StaffRole.COACH in member.roles:
        assign(member)
    st.divider()
    with st.container(horizontal=True):
        wants_link = st.button("New password link", icon=":material/key:")
        wants_end = st.button("Revoke the access", icon=":material/block:")
    if wants_link:
        with errors_shown():
            show_link(staff_acts.offer_new_password(member.id), "1 hour")
    if wants_end:
        with errors_shown():
            staff_acts.revoke(member.id)
            st.rerun()


def assign(member: StaffMember) -> None:
    """Ask which members a coach gets."""
    with st.form("assign", border=False):
        typed = st.text_area(
            "Members to assign", placeholder="P-12, P-13", help="They leave their present coach."
        )
        sent = st.form_submit_button("Assign them")
    if sent:
        with errors_shown():
            changed = staff_acts.assign(member.id, typed)
            st.success(
                f"{changed:,} assigned. Figures by coach follow within a minute.", icon=":material/check:"
            )


def show_link(link: str, lasts: str) -> None:
    """Show a one-time link, this once."""
    st.success(
        f"Give them this link. It works once, for {lasts}, and is shown only now.", icon=":material/check:"
    )
    st.code(link, language=None, wrap_lines=True)


with errors_shown():
    show()
