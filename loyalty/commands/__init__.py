"""What a guest or an agent asks for: redeem, hold, grant, carry over. Each is decided once, under lock."""
