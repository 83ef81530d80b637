let days = [14, 17, 21]
print("warmest day: \(days.max() ?? 0) degrees")
