public class Main {
    public static void main(String[] args) {
        int total = "three";
        System.out.println(total);
    }
}
