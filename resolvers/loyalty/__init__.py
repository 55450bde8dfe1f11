"""The loyalty desk: what is done with a guest's points. What a profile shows of them is in `resolvers.customer`."""
