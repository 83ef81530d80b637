(defproject org.example/lanterns "0.1.0"
  :dependencies [[org.clojure/clojure "1.12.0"]]
  ; Everything that this needs comes with Java.
  :main lanterns.core
  :profiles {:uberjar {:aot :all}})
