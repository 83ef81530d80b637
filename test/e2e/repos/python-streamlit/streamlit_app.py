import streamlit as st

st.set_page_config(page_title="Sums")
st.title("Sums")
count = st.slider("How many?", 1, 100, 10)
st.write(sum(range(count + 1)))
