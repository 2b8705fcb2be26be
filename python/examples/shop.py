# From a CSV file to segments and a picture, in ten lines. Each `# %%` is a cell in VS Code, PyCharm and Jupytext.
# %%
from pathlib import Path

import kinfolk

shop = Path(__file__).parents[2] / "datasets" / "shop_customers.csv"
found = kinfolk.segment(shop, truth="true_segment", ignore="bridge_between")
print(found.summary())
# %% In a notebook, `found` alone shows this table and picture.
Path("shop.html").write_text(found._repr_html_())
# %% Who is in which segment, and who stands between two: tables of pandas, polars or pyarrow, whichever there is.
print(found.customers)
print(found.bridges)
# %% For Gephi, and all files as the program writes them.
found.to_gexf("shop.gexf")
found.save("shop-segments")
