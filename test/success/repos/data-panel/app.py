import panel as pn

pn.extension()

pn.Column("# Heights", pn.widgets.IntSlider(name="metres", start=0, end=10)).servable(title="Heights of hills")
