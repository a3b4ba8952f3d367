"""Instances and plans as tables: folders of CSV or Parquet files, Excel workbooks."""
