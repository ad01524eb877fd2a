"""Account › Password: one's own."""

import streamlit as st

from bee.ui.account import change_own_password
from bee.ui.blocks import page_head
from bee.ui.empty import errors_shown
from bee.ui.guard import guard
from bee.ui.passwords import RULES

viewer = guard()

covers, _ = page_head("Password")
covers.caption("Changing it ends your sessions on other devices.")
with st.form("password", width=420):
    old = st.text_input("Present password", type="password", autocomplete="current-password")
    new = st.text_input("New password", type="password", autocomplete="new-password", help=RULES)
    again = st.text_input("The same again", type="password", autocomplete="new-password")
    sent = st.form_submit_button("Change the password")
if sent:
    with errors_shown():
        change_own_password(viewer, old=old, new=new, again=again)
        st.success("Your password is changed.", icon=":material/check:")
