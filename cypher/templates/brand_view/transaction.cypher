// Condition: whether a caller who may see some brands only may know of a transaction.
// Expects: node (the transaction). Parameters: view {brands}.
node.brand IN $view.brands
