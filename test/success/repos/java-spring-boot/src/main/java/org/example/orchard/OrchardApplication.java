package org.example.orchard;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class OrchardApplication {
    public static void main(String[] args) {
        SpringApplication.run(OrchardApplication.class, args);
    }

    @GetMapping("/")
    String trees() {
        return "apples and pears on Java " + Runtime.version().feature();
    }
}
