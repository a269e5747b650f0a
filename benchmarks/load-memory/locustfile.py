import random

from locust import constant, task
from locust.contrib.fasthttp import FastHttpUser


class Shopper(FastHttpUser):
    wait_time = constant(10)

    @task(3)
    def view_homepage(self):
        with self.client.get("/shop/", catch_response=True) as reply:
            if reply.status_code != 200:
                reply.failure("homepage")

    @task(1)
    def view_product(self):
        path = f"/shop/products/{random.randint(1, 1000)}"
        with self.client.get(path, name="/shop/products/:id", catch_response=True) as reply:
            if reply.status_code != 200:
                reply.failure("product")

    @task(1)
    def create_order(self):
        order = {"productId": 1, "quantity": 2}
        with self.client.post("/shop/orders", json=order, catch_response=True) as reply:
            if reply.status_code != 201 or reply.json()["id"] != 1:
                reply.failure("order")
