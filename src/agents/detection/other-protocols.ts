/** Ports that are known for something else than HTTP: ssh, mail, DNS, LDAP, databases, brokers. */
export const otherProtocols: ReadonlySet<number> = new Set([
  21, 22, 25, 53, 110, 143, 389, 465, 587, 636, 993, 995, 1433, 1883, 2222, 3306, 4222, 5432, 5672, 6379, 8883, 9092,
  11211, 27017,
]);
