"""Citations: read them, ask registries about them, compare, and judge with an argument."""
