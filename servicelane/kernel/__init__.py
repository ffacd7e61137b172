"""The ground: facts and reactions, sealing, refusals, money, clock, numbers. Knows no domain."""
