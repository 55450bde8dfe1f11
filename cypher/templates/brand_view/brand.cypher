// Condition: whether a caller who may see some brands only may know that a customer was at a brand.
// Expects: node (the brand). Parameters: view {brands}.
node.id IN $view.brands
