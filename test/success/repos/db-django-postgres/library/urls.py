from django.urls import path

from books.views import shelf

urlpatterns = [path("", shelf)]
