// Condition: the channel of most visits.
// Expects: c. Parameters: leaf {channel}.
coalesce(c.preferredChannel = $leaf.channel, false)
