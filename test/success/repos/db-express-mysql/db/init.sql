CREATE TABLE tasks (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(200) NOT NULL);
INSERT INTO tasks (title) VALUES ('water the plants');
