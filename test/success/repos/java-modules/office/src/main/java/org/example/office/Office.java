package org.example.office;

import io.javalin.Javalin;
import org.example.berths.Berths;

public class Office {
    public static void main(String[] args) {
        Javalin.create()
            .get("/", context -> context.result("free berths: " + Berths.free()))
            .start(7011);
    }
}
