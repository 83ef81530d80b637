(ns lanterns.core
  (:gen-class)
  (:import (com.sun.net.httpserver HttpHandler HttpServer)
           (java.net InetSocketAddress)))

(defn answer [exchange]
  (let [bytes (.getBytes "forty lanterns are lit")]
    (.sendResponseHeaders exchange 200 (alength bytes))
    (with-open [body (.getResponseBody exchange)]
      (.write body bytes))))

(defn -main [& _]
  (let [port (Integer/parseInt (or (System/getenv "PORT") "8642"))]
    (doto (HttpServer/create (InetSocketAddress. port) 0)
      (.createContext "/" (reify HttpHandler (handle [_ exchange] (answer exchange))))
      (.start))
    (println "lanterns on" port)))
