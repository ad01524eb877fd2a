"""The dashboard: the application and its gate, cached reads, charts and the blocks that pages repeat.

The only place under ``bee/`` that imports streamlit.
"""
