package org.example;
public class MainActivity {}
