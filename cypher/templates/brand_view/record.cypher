// Condition: whether a caller who may see some brands only may know of a source record: it is the caller's own, it met
// one of these brands, or it names no brand and came from one of the caller's sources.
// Expects: node (the record). Parameters: view {own, brands, sources}.
node.key = $view.own
OR EXISTS { (node)-[:MADE]->(order:Transaction) WHERE order.brand IN $view.brands }
OR EXISTS {
  (node)-[:SENT]->(event:Event)
  WHERE event.brand IN $view.brands OR (event.brand IS NULL AND event.source IN $view.sources)
}
