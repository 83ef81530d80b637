ThisBuild / scalaVersion := "3.3.6"
ThisBuild / version := "0.2.0"

lazy val weather = (project in file("."))
  .enablePlugins(JavaAppPackaging)
  .settings(
    name := "weather"
  )
