package org.example;

public final class Roman {
    private Roman() {}

    public static String of(int number) {
        return "I".repeat(number);
    }
}
