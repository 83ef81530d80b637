package org.example.berths;

/** What both programs share. */
public final class Berths {
    private Berths() {}

    public static int free() {
        return 7;
    }
}
