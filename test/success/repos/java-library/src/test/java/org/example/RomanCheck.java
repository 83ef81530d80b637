package org.example;

/** A test's main makes no program of a library. */
class RomanCheck {
    public static void main(String[] args) {
        System.out.println(Roman.of(3));
    }
}
