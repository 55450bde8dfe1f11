"""What commands share: pictures, tables, masks and loads that are no commands themselves."""
