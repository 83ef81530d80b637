DISH = "stew of the house"
