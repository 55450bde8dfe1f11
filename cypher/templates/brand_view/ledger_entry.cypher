// Condition: whether a caller who may see some brands only may know of a ledger entry. One without a brand is the group's.
// Expects: node (the entry). Parameters: view {brands}.
node.brand IN $view.brands
