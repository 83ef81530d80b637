const total: number = "three";
export { total };
