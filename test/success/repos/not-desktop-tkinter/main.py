import tkinter

window = tkinter.Tk()
tkinter.Label(window, text="Hello").pack()
window.mainloop()
