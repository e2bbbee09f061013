"""What a bare DRF view costs in this project: the yardstick of the benchmarks."""
