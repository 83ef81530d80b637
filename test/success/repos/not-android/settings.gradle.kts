rootProject.name = "Torch"
include(":app")
