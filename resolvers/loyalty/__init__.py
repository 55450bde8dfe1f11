"""The loyalty desk: what is done with a guest's points, rewards and coupons. What a profile shows of them is in
`resolvers.customer`."""
