"""A page that is being built."""

import streamlit as st

from bee.access import StaffRole
from bee.ui.guard import guard

viewer = guard(StaffRole.PRODUCT, StaffRole.COACH)

st.title("Overview")
