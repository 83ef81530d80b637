module.exports = {
  up: (queryInterface, Sequelize) =>
    queryInterface.createTable("entries", {
      id: { type: Sequelize.INTEGER, autoIncrement: true, primaryKey: true },
      amount: { type: Sequelize.INTEGER, allowNull: false },
    }),
  down: (queryInterface) => queryInterface.dropTable("entries"),
};
