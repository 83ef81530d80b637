package org.example.meteor;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/")
public class Sightings {
    @GET
    public String latest() {
        return "three meteors since midnight";
    }
}
