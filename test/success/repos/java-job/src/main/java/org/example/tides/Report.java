package org.example.tides;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads levels beside the program, writes their mean, and ends. */
public class Report {
    public static void main(String[] args) throws Exception {
        List<String> lines = Files.readAllLines(Path.of("data/levels.txt"));
        double mean = lines.stream().mapToDouble(Double::parseDouble).average().orElseThrow();
        System.out.printf("mean tide of %d readings: %.1f m%n", lines.size(), mean);
    }
}
