package org.example.lighthouse;

import org.example.berths.Berths;

/** Goes on and on, and listens to nobody. */
public class Lighthouse {
    public static void main(String[] args) throws InterruptedException {
        while (true) {
            System.out.println("light on, " + Berths.free() + " berths below");
            Thread.sleep(2000);
        }
    }
}
