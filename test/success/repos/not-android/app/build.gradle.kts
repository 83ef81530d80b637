plugins {
    id("com.android.application")
}

android {
    namespace = "org.example.torch"
    compileSdk = 35
}
